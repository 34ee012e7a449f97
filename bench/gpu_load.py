"""Loads of known shape for a GPU, by PyTorch; without one, small ones for the CPU, to try the bench itself.

gpu_load.py phases FILE PHASE...   one after the other; FILE gets a line of JSON for each, with its begin and end on
                                   the boot clock. idle:SECONDS, matmul:SECONDS, bursts:SECONDS:ON_MS:PERIOD_MS
gpu_load.py train STEPS            trains a small language model, a line "step I/N loss L" every tenth step
gpu_load.py cost PAIRS SECONDS     the same training with and without gramme, in turns; a line of JSON with the steps
                                   per second of each turn. Needs the package gramme in PYTHONPATH
"""

from __future__ import annotations

import json
import sys
import time

import torch
from torch import nn

CUDA = torch.cuda.is_available()
DEVICE = torch.device("cuda" if CUDA else "cpu")
SIZE = 8192 if CUDA else 256


def boot_ns() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def settle() -> None:
    if CUDA:
        torch.cuda.synchronize()


class Products:
    """Matrix products in 16 bits, and how many of them fill a millisecond."""

    def __init__(self) -> None:
        self.left = torch.randn(SIZE, SIZE, device=DEVICE).to(torch.bfloat16)
        self.right = torch.randn(SIZE, SIZE, device=DEVICE).to(torch.bfloat16)
        self.out = torch.empty_like(self.left)
        self.run(20)
        begin = boot_ns()
        self.run(50)
        self.ms = (boot_ns() - begin) / 50e6

    def run(self, number: int) -> None:
        for _ in range(number):
            torch.mm(self.left, self.right, out=self.out)
        settle()


def matmul(products: Products, seconds: float) -> dict[str, float]:
    end = boot_ns() + int(seconds * 1e9)
    done = 0
    at_a_time = max(1, round(100 / products.ms))
    begin = boot_ns()
    while boot_ns() < end:
        products.run(at_a_time)
        done += at_a_time
    return {"tflops": 2.0 * SIZE**3 * done / ((boot_ns() - begin) * 1e-9) / 1e12}


def bursts(products: Products, seconds: float, on_ms: float, period_ms: float) -> dict[str, float]:
    """Each begins at its own time on the clock: a late one does not move those that follow."""
    number = max(1, round(on_ms / products.ms))
    begin = boot_ns()
    busy = done = 0
    while True:
        due = begin + int(done * period_ms * 1e6)
        if due >= begin + int(seconds * 1e9):
            return {"busy": busy / max(1, due - begin), "bursts": done}
        time.sleep(max(0, due - boot_ns() - 1_000_000) * 1e-9)
        while boot_ns() < due:
            pass
        start = boot_ns()
        products.run(number)
        busy += boot_ns() - start
        done += 1


def phases(file: str, wanted: list[str]) -> None:
    products = Products()
    with open(file, "w") as out:
        for phase in wanted:
            name, *numbers = phase.split(":")
            begin = boot_ns()
            more: dict[str, float] = {}
            if name == "idle":
                time.sleep(float(numbers[0]))
            elif name == "matmul":
                more = matmul(products, float(numbers[0]))
            else:
                more = bursts(products, *map(float, numbers))
            settle()
            line = {"phase": phase, "begin_ns": begin, "end_ns": boot_ns(), "product_ms": products.ms, **more}
            print(json.dumps(line), file=out, flush=True)


class Training:
    """A causal language model on sequences with a rule in them, so that the loss falls."""

    def __init__(self) -> None:
        torch.manual_seed(1)
        wide, self.words, self.length, self.batch = (1024, 8192, 512, 32) if CUDA else (32, 64, 16, 2)
        layer = nn.TransformerEncoderLayer(wide, wide // 64 or 1, 4 * wide, 0.0, batch_first=True, norm_first=True)
        self.body = nn.TransformerEncoder(layer, 12 if CUDA else 1, enable_nested_tensor=False).to(DEVICE)
        self.embed = nn.Embedding(self.words, wide).to(DEVICE)
        self.head = nn.Linear(wide, self.words).to(DEVICE)
        self.mask = nn.Transformer.generate_square_subsequent_mask(self.length).to(DEVICE)
        parameters = [*self.body.parameters(), *self.embed.parameters(), *self.head.parameters()]
        self.optimiser = torch.optim.AdamW(parameters, lr=3e-4)

    def step(self) -> torch.Tensor:
        first = torch.randint(self.words, (self.batch, 1), device=DEVICE)
        tokens = (first + 7 * torch.arange(self.length + 1, device=DEVICE)) % self.words
        with torch.autocast(DEVICE.type, torch.bfloat16):
            hidden = self.body(self.embed(tokens[:, :-1]), mask=self.mask, is_causal=True)
            scores = self.head(hidden)
            loss = nn.functional.cross_entropy(scores.flatten(0, 1), tokens[:, 1:].flatten())
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        return loss.detach()


def train(steps: int) -> None:
    training = Training()
    for step in range(1, steps + 1):
        loss = training.step()
        if step % 10 == 0:
            print(f"step {step}/{steps} loss {loss.item():.3f}", flush=True)


def cost(pairs: int, seconds: float) -> None:
    import gramme

    training = Training()

    def turn() -> float:
        begin, steps = time.perf_counter(), 0
        while time.perf_counter() - begin < seconds:
            for _ in range(10):
                loss = training.step()
            loss.item()
            steps += 10
        return steps / (time.perf_counter() - begin)

    turn()
    rates: dict[str, list[float]] = {"alone": [], "gramme": []}
    for pair in range(pairs):
        for with_gramme in (False, True) if pair % 2 else (True, False):
            if with_gramme:
                with gramme.track("cost", quiet=True, csv=False, store=False):
                    rates["gramme"].append(turn())
            else:
                rates["alone"].append(turn())
    print(json.dumps(rates), flush=True)


def main() -> None:
    words = sys.argv[1:]
    if len(words) >= 3 and words[0] == "phases":
        phases(words[1], words[2:])
    elif len(words) == 2 and words[0] == "train":
        train(int(words[1]))
    elif len(words) == 3 and words[0] == "cost":
        cost(int(words[1]), float(words[2]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
