"""What can go wrong outside the code; each message is one sentence for people."""


class RegisterError(Exception):
    """A register file can't be read; the message says where and how to correct it."""


class PublishError(Exception):
    """A release can't be written or chosen; the current one is as it was."""
