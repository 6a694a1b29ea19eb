"""Web addresses beside the pages: each is answered from the current release, off the event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ecosystem.common.store import Database, ReleaseError
from ecosystem.web import serving

Answer = Callable[[Request, Database], Response]


def endpoint(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """Make a function of a request and the current release into an endpoint.

    Where the release's file turns out to be damaged, the question is put once more to the release
    that takes its place. Where there is none, the answer is 503 with the reason.
    """

    @wraps(answer)
    async def answer_request(request: Request) -> Response:
        return await run_in_threadpool(_answer, answer, request)

    return answer_request


def not_found(message: str) -> Response:
    """Answer 404 with a sentence."""
    return JSONResponse({"error": message}, status_code=404)


def _answer(answer: Answer, request: Request) -> Response:
    try:
        try:
            return answer(request, serving.database())
        except ReleaseError:
            return answer(request, serving.database())
    except ReleaseError as error:
        return JSONResponse({"error": str(error)}, status_code=503)
