"""The official OpenAI client for Python against Adit.
OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=sk-adit-demo python3 docs/examples/openai_python.py
"""
import os

from openai import OpenAI

client = OpenAI()  # reads OPENAI_BASE_URL and OPENAI_API_KEY
model = os.environ.get("MODEL", "gpt-4o")

completion = client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Say hello"}])
print(completion.choices[0].message.content)

for chunk in client.chat.completions.create(model=model, stream=True, messages=[{"role": "user", "content": "Say hello"}]):
    if chunk.choices and chunk.choices[0].delta.content:
        print(chunk.choices[0].delta.content, end="", flush=True)
print()
