"""What a request of the open data interface can be wrong about."""

from __future__ import annotations


class ApiError(Exception):
    """A request that can't be answered; the message is one sentence for who sent it.

    Parameters
    ----------
    status : int
        HTTP status.
    code : str
        Kind of fault, as the standard's exceptions name it.
    message : str
        What is wrong and what would be right.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def invalid(message: str) -> ApiError:
    """A parameter's value that makes no sense."""
    return ApiError(400, "InvalidParameterValue", message)
