from ecosystem.ui import suggestion

suggestion.view()
