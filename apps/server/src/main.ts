process.stderr.write('server: nothing here yet\n')
