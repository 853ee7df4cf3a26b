document.title = 'Holdpoint'
