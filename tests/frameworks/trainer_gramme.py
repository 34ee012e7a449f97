"""transformers.Trainer with GrammeCallback. trainer_gramme.py FOLDER WHAT...

resume      go on from the last checkpoint
stop=N      end with an exception at step N
late-card   write the Trainer's own model card at the end
around      inside a run of the program, with an evaluation before and after the training
"""

import contextlib
import json
import sys

from small_text import model, rows
from transformers import Trainer, TrainerCallback, TrainingArguments

import gramme
from gramme.transformers import GrammeCallback

folder, words = sys.argv[1], sys.argv[2:]
stop_at = next((int(word[5:]) for word in words if word.startswith("stop=")), None)


class Stop(TrainerCallback):
    def on_step_begin(self, args, state, control, **kwargs):
        if state.global_step == stop_at:
            raise ArithmeticError("this text must not be kept")


arguments = TrainingArguments(
    output_dir=folder,
    per_device_train_batch_size=4,
    gradient_accumulation_steps=2,
    num_train_epochs=2,
    use_cpu=True,
    eval_strategy="epoch",
    save_strategy="steps",
    save_steps=4,
    logging_steps=2,
    include_num_input_tokens_seen="all",
    report_to="none",
    disable_tqdm=True,
)
callback = GrammeCallback(project="text", region="FRA", interval="100ms", quiet="loud" not in words)
trainer = Trainer(
    model=model(), args=arguments, train_dataset=rows(42), eval_dataset=rows(8), callbacks=[callback, Stop()]
)
outer = gramme.track("program", quiet=True) if "around" in words else contextlib.nullcontext()
said = {"error": None}
with outer as run:
    if "around" in words:
        trainer.evaluate()
    try:
        trainer.train(resume_from_checkpoint=True if "resume" in words else None)
    except ArithmeticError as error:
        said["error"] = type(error).__name__
        said["alive"] = callback.run.is_alive
    if "around" in words:
        trainer.evaluate()
    if "late-card" in words:
        trainer.create_model_card(model_name="small text", tags=["gramme-test"])
if trainer.is_world_process_zero():
    said.update(result=callback.result, history=trainer.state.log_history, outer=run.id if run else None)
    json.dump(said, sys.stdout)
