from ecosystem.ui import investors

investors.page()
