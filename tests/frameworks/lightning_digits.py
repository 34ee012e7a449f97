"""Lightning with GrammeCallback. lightning_digits.py PACKAGE WHAT...

ddp        two processes, which Lightning starts
workers    a data loader with two workers
stop       end with an exception in the second epoch, then train again with the same callback, then test
loggers    with those of W&B (offline) and MLflow (a file), and train twice
"""

import importlib
import json
import sys

import torch
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader, TensorDataset

L = importlib.import_module(sys.argv[1])
words = sys.argv[2:]

from gramme.lightning import GrammeCallback  # for the package that is there


class Digits(L.LightningModule):
    stops = False

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(64, 10)

    def loss(self, batch):
        return torch.nn.functional.cross_entropy(self.layer(batch[0]), batch[1])

    def training_step(self, batch, number):
        if self.stops and self.trainer.current_epoch == 1:
            raise ArithmeticError("this text must not be kept")
        return self.loss(batch)

    def test_step(self, batch, number):
        self.log("test_loss", self.loss(batch))

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)


def with_loggers(callback, loader, quiet):
    loggers = importlib.import_module(sys.argv[1] + ".loggers")
    board = loggers.WandbLogger(offline=True)
    flow = type("OwnLogger", (loggers.MLFlowLogger,), {})(tracking_uri="sqlite:///flow.db")
    told = []
    for _ in range(2):
        trainer = L.Trainer(max_epochs=1, accelerator="cpu", callbacks=[callback], **{**quiet, "logger": [board, flow]})
        trainer.fit(Digits(), loader)
        run = flow.experiment.get_run(flow.run_id)
        ids = [callback.run.id, board.experiment.config["gramme.run_id"], run.data.tags["gramme.run_id"]]
        energies = [one.get("gramme/energy_kwh") for one in (run.data.metrics, board.experiment.summary)]
        told.append([*ids, *(one is not None for one in energies)])
    board.experiment.finish()  # which prints
    print(json.dumps(told))


def main():
    x, y = load_digits(return_X_y=True)
    rows = TensorDataset(torch.tensor(x[:1280] / 16, dtype=torch.float32), torch.tensor(y[:1280]))
    loader = DataLoader(rows, 64, num_workers=2 if "workers" in words else 0)
    callback = GrammeCallback("digits", csv=False, quiet=True, interval="100ms")
    settings = {"devices": 2, "strategy": "ddp"} if "ddp" in words else {}
    quiet = {"enable_progress_bar": False, "enable_model_summary": False, "logger": False}
    if "loggers" in words:
        with_loggers(callback, loader, quiet)
        return
    trainer = L.Trainer(max_epochs=2, accelerator="cpu", callbacks=[callback], **settings, **quiet)
    model, said = Digits(), {"error": None}
    model.stops = "stop" in words
    try:
        trainer.fit(model, loader)
    except ArithmeticError as error:
        said["error"] = type(error).__name__
        said["alive"] = callback.run.is_alive
        said["first"] = callback.run.id
        model.stops = False
        trainer = L.Trainer(max_epochs=1, accelerator="cpu", callbacks=[callback], **quiet)
        trainer.fit(model, loader)
        trainer.test(model, loader, verbose=False)
    if trainer.is_global_zero:
        json.dump({**said, "run": callback.run.id}, sys.stdout)


if __name__ == "__main__":
    main()
