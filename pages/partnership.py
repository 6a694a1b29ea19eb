from ecosystem.ui import partnerships

partnerships.page()
