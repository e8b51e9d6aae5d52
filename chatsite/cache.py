"""A cache in Redis that costs nobody anything when Redis is away: then it has simply forgotten everything."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

# Seconds. One that takes connections and says nothing must not hold a sign-in up for longer.
PATIENCE = 1.0

logger = logging.getLogger(__name__)
T = TypeVar("T")


class ForgetfulRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        within = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
        super().__init__(server, {**params, "OPTIONS": {**within, **params.get("OPTIONS", {})}})

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return _unless_away(lambda: super(ForgetfulRedisCache, self).get(key, default, version), default)

    def set(self, key: Any, value: Any, *more: Any, **named: Any) -> None:
        _unless_away(lambda: super(ForgetfulRedisCache, self).set(key, value, *more, **named), None)

    def add(self, key: Any, value: Any, *more: Any, **named: Any) -> bool:
        return _unless_away(lambda: super(ForgetfulRedisCache, self).add(key, value, *more, **named), True)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return _unless_away(lambda: super(ForgetfulRedisCache, self).delete(key, version), False)


def _unless_away(work: Callable[[], T], otherwise: T) -> T:
    try:
        return work()
    except RedisError as error:
        logger.warning("The cache is away: %s", type(error).__name__)
        return otherwise
