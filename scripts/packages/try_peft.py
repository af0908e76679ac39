"""PEFT: low-rank adapters of a small GPT-2, trained, merged, saved and loaded."""

import tempfile
import warnings

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import GPT2Config, GPT2LMHeadModel, logging

warnings.filterwarnings("ignore")
logging.set_verbosity_error()
torch.manual_seed(0)
base = GPT2LMHeadModel(GPT2Config(vocab_size=99, n_embd=32, n_layer=2, n_head=4, n_positions=64))
model = get_peft_model(base, LoraConfig(r=4, lora_alpha=8, target_modules=["c_attn"], fan_in_fan_out=True))
words = torch.randint(1, 99, (4, 12))
print(model.get_nb_trainable_parameters())
optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2)
for step in range(9):
    optimizer.zero_grad()
    model.eval()
    loss = model(input_ids=words, labels=words).loss
    loss.backward()
    optimizer.step()
    if step % 2 == 0:
        print(step, f"{loss.item():.4f}")
with tempfile.TemporaryDirectory() as folder:
    model.save_pretrained(folder)
    torch.manual_seed(0)
    fresh = GPT2LMHeadModel(GPT2Config(vocab_size=99, n_embd=32, n_layer=2, n_head=4, n_positions=64))
    again = PeftModel.from_pretrained(fresh, folder).eval()
    print(torch.allclose(again(input_ids=words).logits, model(input_ids=words).logits, atol=1e-5))
before = model(input_ids=words).logits
print(torch.allclose(model.merge_and_unload()(input_ids=words).logits, before, atol=1e-4))
