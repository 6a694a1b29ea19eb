"""How fresh the register is: which addresses answer, and what somebody should look at again.

Nothing here changes a row by itself.
"""
