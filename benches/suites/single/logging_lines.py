"""Log records: formatted ones, ones with arguments, and ones below the level that go nowhere."""

import io
import logging


def make(name, level):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(funcName)s:%(message)s"))
    logger = logging.Logger(name, level)
    logger.addHandler(handler)
    return logger, stream


def silent(logger, count):
    for number in range(count):
        logger.debug("never seen")
        logger.debug("never seen %d", number)
        logger.info("nor this %s", number)
        if logger.isEnabledFor(logging.DEBUG):
            logger.debug("expensive %r", [number] * 100)


def simple(logger, count):
    for _ in range(count):
        logger.warning("a line without arguments")


def formatted(logger, count):
    for number in range(count):
        logger.warning("request %d from %s took %.3f s", number, "10.0.0.1", number / 1000)
        try:
            raise LookupError(number)
        except LookupError as error:
            logger.error("failed: %s", error)


def bench_logging_lines(threads):
    logger, stream = make("app.server", logging.WARNING)
    silent(logger, 80000)
    simple(logger, 20000)
    formatted(logger, 12000)
    text = stream.getvalue()
    return len(text), text.count("\n"), text[:40], text[-40:]
