from etl.ui import suggestion

suggestion.view()
