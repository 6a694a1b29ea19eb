"""What strangers suggest for the register: kept, checked, decided by people, written by them.

The inbox is a database file of its own. Nothing in it is ever part of a release; what is accepted
goes into the register's file, and reaches the site with the next refresh like any other row.
"""
