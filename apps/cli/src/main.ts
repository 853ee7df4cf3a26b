process.stderr.write('cli: nothing here yet\n')
