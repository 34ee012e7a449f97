"""Decorators: a run or a span around each call of a function, whatever kind of function it is."""

from __future__ import annotations

import functools
import inspect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Generator
    from typing import Any, Protocol, TypeVar

    Function = TypeVar("Function", bound=Callable[..., Any])

    class Around(Protocol):
        """What `with` takes, and what swallows no exception."""

        def __enter__(self) -> object: ...
        def __exit__(self, kind: Any, error: Any, trace: Any, /) -> None: ...


def wrap(function: Function, make: Callable[[], Around]) -> Function:
    """`function` with make() around each call. A generator is measured from its first value to its end, and what is
    done with a value meanwhile is part of that; `close()` ends it, and so does what throws away a generator."""
    around: Callable[..., Any]
    if inspect.isasyncgenfunction(function):

        @functools.wraps(function)
        async def around_async_generator(*args: Any, **named: Any) -> AsyncGenerator[Any, Any]:
            with make():
                generator = function(*args, **named)
                try:
                    sent = None
                    while True:
                        try:
                            value = await generator.asend(sent)
                        except StopAsyncIteration:
                            return
                        while True:
                            try:
                                sent = yield value
                                break
                            except GeneratorExit:
                                raise
                            except BaseException as error:
                                try:
                                    value = await generator.athrow(error)
                                except StopAsyncIteration:
                                    return
                finally:
                    await generator.aclose()

        around = around_async_generator
    elif inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def around_generator(*args: Any, **named: Any) -> Generator[Any, Any, Any]:
            with make():
                return (yield from function(*args, **named))

        around = around_generator
    elif inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def around_coroutine(*args: Any, **named: Any) -> Any:
            with make():
                return await function(*args, **named)

        around = around_coroutine
    else:

        @functools.wraps(function)
        def around_call(*args: Any, **named: Any) -> Any:
            with make():
                return function(*args, **named)

        around = around_call
    return around  # type: ignore[return-value]
