"""transformers.Trainer with its own CodeCarbonCallback; knows nothing of gramme. trainer_codecarbon.py FOLDER"""

import sys

from small_text import model, rows
from transformers import Trainer, TrainingArguments

arguments = TrainingArguments(
    output_dir=sys.argv[1],
    per_device_train_batch_size=8,
    num_train_epochs=12,
    use_cpu=True,
    save_strategy="no",
    report_to="codecarbon",
    disable_tqdm=True,
)
Trainer(model=model(), args=arguments, train_dataset=rows(64)).train()
