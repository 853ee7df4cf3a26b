process.stderr.write('sample-fleet: nothing here yet\n')
