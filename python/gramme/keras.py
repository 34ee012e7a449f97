"""GrammeCallback: the footprint of Keras 3, one run for each fit().

    from gramme.keras import GrammeCallback

    model.fit(x, y, epochs=3, callbacks=[GrammeCallback(region="aws:eu-west-3")])

Epochs and evaluations become spans; steps, samples and losses are logged.
"""

from __future__ import annotations

import math
from threading import Lock
from typing import Any

from ._calls import argument, watch_method
from ._training import Training, known_total, length_of

TYPE_CHECKING = False
if TYPE_CHECKING:

    class Callback:  # mypy need not have keras
        params: dict[str, Any] | None

    Model = Callback
else:
    from keras import Model
    from keras.callbacks import Callback

__all__ = ["GrammeCallback"]

_lock = Lock()  # of all callbacks: Keras may tell the ends of batches from several threads
USUAL_BATCH = 32  # of fit() with arrays: https://keras.io/api/models/model_training_apis/


class GrammeCallback(Training, Callback):
    """Measures fit(); made with the settings of gramme.track().

    batch_size   samples in a batch, where fit() is given something that does not say it; not set: what fit() was given

    Keras has no event for an exception: `keras.Model.fit` is wrapped, so that the run ends with it.
    """

    # Else Keras would wait for the numbers of each batch before it begins the next one.
    async_safe = True

    def __init__(
        self,
        name: str | None = None,
        *,
        batch_size: int | None = None,
        loggers: bool = True,
        tensorboard: Any = None,
        **settings: Any,
    ) -> None:
        Callback.__init__(self)
        Training.__init__(self, name, settings, loggers=loggers, tensorboard=tensorboard)
        self._batch_size = batch_size
        self._fits = False
        self._batches_before = 0  # those of earlier epochs
        self._batches = 0  # of this epoch
        self._size, self._last, self._in_epoch = 0, 0, 0
        watch_method(Model, "fit")

    def on_train_begin(self, logs: Any = None) -> None:
        params = self.params or {}
        self._in_epoch = int(params.get("steps") or 0)
        self._size, self._last = batch_sizes(self._batch_size, self._in_epoch)
        epochs = int(params.get("epochs") or 0) - int(argument("initial_epoch", 0))
        self._batches = self._batches_before = 0
        self._fits = True
        self.begin_training(total=known_total(self._in_epoch * epochs))

    def on_train_end(self, logs: Any = None) -> None:
        self._fits = False
        self.end_training()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._batches_before += self._batches
        self._batches = 0
        self.begin_epoch(epoch + 1)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        with _lock:
            done = self._batches
            if batch < done:
                return  # a later one was told sooner, and this one counted with it
            self._batches = batch + 1  # of steps_per_execution only the last is told
            samples = (self._batches - done) * self._size
            if self._batches == self._in_epoch:
                samples += self._last - self._size
            self.step(self._batches_before + self._batches, samples=samples or None)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.end_epoch(logs)

    def on_test_begin(self, logs: Any = None) -> None:
        if self._fits:
            self.end_spans()  # Keras evaluates within its epoch, and after its last batch
        self.begin_evaluation()

    def on_test_end(self, logs: Any = None) -> None:
        self.end_evaluation()

    def on_predict_begin(self, logs: Any = None) -> None:
        self.begin_evaluation("predict")

    def on_predict_end(self, logs: Any = None) -> None:
        self.end_evaluation()


def batch_sizes(said: int | None, in_epoch: int) -> tuple[int, int]:
    """Of each batch of the fit() around this code, and of the last one of an epoch; 0: nobody knows."""
    data, size = argument("x"), said or argument("batch_size")
    if not hasattr(data, "shape"):
        data = next(iter(data.values()), None) if isinstance(data, dict) else data
        data = data[0] if isinstance(data, (list, tuple)) and data else data
    if not hasattr(data, "shape"):  # a data set, which may say it
        size = size or getattr(data, "batch_size", None)
        rows = length_of(getattr(data, "dataset", None))
    else:
        size = size or USUAL_BATCH
        rows = math.floor((length_of(data) or 0) * (1.0 - float(argument("validation_split", 0.0))))
    if not isinstance(size, int) or size <= 0:
        return 0, 0
    left = rows - (in_epoch - 1) * size if rows and in_epoch else size
    return size, left if 0 < left < size else size
