from ecosystem.ui import specialisation_view

specialisation_view.page()
