"""PyTorch: a plain loop over a data loader with two workers. torch_loop.py fork|spawn"""

from __future__ import annotations

import json
import sys

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

import gramme


class Waves(Dataset):
    """Sine waves, of which a network says how fast they are; made by the workers."""

    def __len__(self) -> int:
        return 1000

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        speed = index % 10
        return torch.sin(torch.linspace(0, speed + 1.0, 64) + index), torch.tensor(speed)


def main() -> None:
    loader = DataLoader(Waves(), batch_size=64, shuffle=True, num_workers=2, multiprocessing_context=sys.argv[1])
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    losses = []
    with gramme.track("waves", interval="100ms") as run:
        for epoch in range(3):
            with run.span(f"epoch {epoch}"):
                total = 0.0
                for step, (wave, speed) in enumerate(loader):
                    loss = nn.functional.cross_entropy(model(wave), speed)
                    optimizer.zero_grad()
                    loss.backward()
                    optimizer.step()
                    total += loss.item()
                    run.log(step=step, loss=loss.item(), samples=len(speed))
            losses.append(total)
    json.dump({"run": run.id, "losses": losses, "result": run.result}, sys.stdout)


if __name__ == "__main__":  # spawned workers import this file
    main()
