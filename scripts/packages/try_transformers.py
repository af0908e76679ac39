"""Transformers: small BERT, GPT-2, Llama, T5 and ViT of random weights: losses, gradients, training, generation."""

import tempfile
import warnings

import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    GPT2Config,
    GPT2LMHeadModel,
    LlamaConfig,
    LlamaForCausalLM,
    T5Config,
    T5ForConditionalGeneration,
    ViTConfig,
    ViTForImageClassification,
    get_linear_schedule_with_warmup,
    logging,
)

warnings.filterwarnings("ignore")
logging.set_verbosity_error()
small = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}
makes = {
    "bert": lambda: BertForSequenceClassification(BertConfig(vocab_size=99, num_labels=3, **small)),
    "gpt2": lambda: GPT2LMHeadModel(GPT2Config(vocab_size=99, n_embd=32, n_layer=2, n_head=4, n_positions=64)),
    "llama": lambda: LlamaForCausalLM(LlamaConfig(vocab_size=99, num_key_value_heads=2, **small)),
    "t5": lambda: T5ForConditionalGeneration(
        T5Config(vocab_size=99, d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=4, decoder_start_token_id=0)
    ),
    "vit": lambda: ViTForImageClassification(ViTConfig(image_size=16, patch_size=4, num_labels=3, **small)),
}
for name, make in makes.items():
    torch.manual_seed(0)
    model = make()
    words = torch.randint(1, 99, (4, 12))
    mask = torch.ones_like(words)
    mask[1, 8:] = 0
    given = {
        "bert": {"input_ids": words, "attention_mask": mask, "labels": torch.tensor([0, 1, 2, 1])},
        "gpt2": {"input_ids": words, "labels": words},
        "llama": {"input_ids": words, "labels": words, "attention_mask": mask},
        "t5": {"input_ids": words, "labels": words[:, :6].contiguous()},
        "vit": {"pixel_values": torch.randn(4, 3, 16, 16), "labels": torch.tensor([0, 1, 2, 1])},
    }[name]
    model.eval()
    out = model(**given)
    out.loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    print(
        name,
        sum(p.numel() for p in model.parameters()),
        f"{out.loss.item():.4f} {norm.item():.3f}",
        tuple(out.logits.shape),
    )
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    schedule = get_linear_schedule_with_warmup(optimizer, 2, 8)
    torch.manual_seed(1)
    for step in range(8):
        optimizer.zero_grad()
        loss = model(**given).loss
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 3 == 0:
            print(name, step, f"{loss.item():.3f} {schedule.get_last_lr()[0]:.5f}")
    model.eval()
    if name in ("gpt2", "llama", "t5"):
        greedy = model.generate(words[:1, :4], max_new_tokens=6, do_sample=False, pad_token_id=0)
        beams = model.generate(words[:1, :4], max_new_tokens=5, num_beams=3, do_sample=False, pad_token_id=0)
        print(name, "generated", tuple(greedy.shape), tuple(beams.shape))
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        again = type(model).from_pretrained(folder)  # makes the model on the meta device first
        with torch.no_grad():
            print(name, "from_pretrained", torch.equal(again(**given).logits, model(**given).logits))
        half = type(model).from_pretrained(folder, dtype=torch.float64)
        print(name, "from_pretrained", {p.dtype for p in half.parameters()}, {p.device for p in half.parameters()})
    with torch.device("meta"):
        nowhere = make().eval()
    out = nowhere(**{key: value.to("meta") for key, value in given.items() if key != "attention_mask"})
    print(name, "meta", out.loss, out.logits.shape, {p.device for p in nowhere.parameters()})
    with tempfile.TemporaryDirectory() as folder:
        torch.save(model.state_dict(), f"{folder}/model.pt")
        again = make().eval()
        print(name, again.load_state_dict(torch.load(f"{folder}/model.pt")))
        with torch.no_grad():
            print(name, "saved", torch.equal(again(**given).logits, model(**given).logits))
