from ecosystem.ui import consortium_view, partner_finder

chosen = partner_finder.choice()
partner_finder.head(chosen)
if chosen.shows_sketch:
    consortium_view.sketch(chosen)
else:
    partner_finder.suggestions(chosen)
