from etl.ui import confirmation

confirmation.view()
