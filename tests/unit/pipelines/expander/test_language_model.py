import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hanazora.core.errors import UserError
from hanazora.pipelines.expander.expand import expand
from hanazora.pipelines.expander.language_model import (
    LanguageModel,
    LanguageModelError,
    draft_from_json,
    instructions,
)
from hanazora.pipelines.expander.telling.caption_grammar import is_caption


@pytest.fixture
def endpoint():
    """Return a function that starts a chat endpoint with one answer; and what it was asked."""
    servers = []

    def start(answer, status=200, wait_s=0.0):
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked.append((self.path, self.headers.get("Authorization"), body))
                waiting.wait(wait_s)
                reply = {"choices": [{"message": {"role": "assistant", "content": answer}}]}
                data = json.dumps(reply if isinstance(answer, str) else answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *arguments):
                pass

        waiting = threading.Event()
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread, waiting))
        return f"http://127.0.0.1:{server.server_address[1]}/v1", asked

    yield start
    for server, thread, waiting in servers:
        waiting.set()
        server.shutdown()
        thread.join()
        server.server_close()


GOOD = {
    "setting": "beach",
    "subjects": [
        {"kind": "dog", "colour": "brown", "action": "run", "direction": "left"},
        {"kind": "ball", "relation": ["next_to", 0]},
    ],
}


def test_what_comes_back_is_facts_and_the_sentence_is_ours(endpoint):
    url, asked = endpoint(json.dumps(GOOD))
    model = LanguageModel(url=url, name="small", key="secret")
    expansion = expand(
        "mutt going wild at the seashore, vibes", language_model=model, semantic=False
    )
    assert expansion.source == "llm" and expansion.warning == ""
    assert expansion.text.startswith("A brown dog runs to the left on a beach, and ")
    assert is_caption(expansion.text)
    assert {f.origin for f in expansion.understood} <= {"llm", "default"}
    path, key, body = asked[0]
    assert (path, key, body["model"]) == ("/v1/chat/completions", "Bearer secret", "small")
    assert body["messages"][1]["content"] == "mutt going wild at the seashore, vibes"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("A dog runs.", "not JSON"),
        ("[]", "not a JSON object"),
        ("{}", "says nothing"),
        ('{"setting": "moon"}', "setting 'moon'"),
        ('{"mood": "happy"}', "mood 'happy'"),
        ('{"setting": "park", "subjects": [{"colour": "red"}]}', "with a kind"),
        ('{"setting": "park", "subjects": [{"kind": "dog", "count": 9}]}', "count 9"),
        ('{"setting": "park", "subjects": [{"kind": "dog", "target": 0}]}', "target 0"),
        ('{"setting": "park", "subjects": [{"kind": "dog", "relation": "by"}]}', "relation"),
        ('{"setting": "park", "subjects": [{"kind": "dog", "extras": ["gun"]}]}', "extras 'gun'"),
        ('{"setting": "beach"}', "the prompt says setting park"),
        ('{"setting": "park", "subjects": [{"kind": "cat"}]}', "none of the subjects"),
        ({"error": "no"}, "not a chat completion"),
        ("x" * 70_000, "longer than"),
    ],
)
def test_a_bad_answer_falls_back_and_says_so(endpoint, answer, why):
    url, _ = endpoint(answer)
    prompt = "a dog romping in the garden"
    expansion = expand(prompt, language_model=LanguageModel(url=url), semantic=False)
    assert why in expansion.warning
    plain = expand(prompt, semantic=False)
    assert (expansion.text, expansion.source) == (plain.text, "rules")


def test_what_the_prompt_excludes_may_not_come_back(endpoint):
    url, _ = endpoint('{"setting": "park", "subjects": [{"kind": "woman"}]}')
    model = LanguageModel(url=url)
    assert "excludes the woman" in expand("a park, nobody there", language_model=model).warning


def test_a_dead_or_slow_or_failing_endpoint_falls_back(endpoint):
    dead = LanguageModel(url="http://127.0.0.1:9/v1", timeout_s=2.0)
    slow = LanguageModel(url=endpoint("{}", wait_s=5)[0], timeout_s=0.2)
    failing = LanguageModel(url=endpoint("{}", status=500)[0])
    for model in (dead, slow, failing):
        expansion = expand("a dog romping", language_model=model, semantic=False)
        assert "did not answer" in expansion.warning and expansion.source == "rules"


def test_only_web_addresses_are_asked():
    with pytest.raises(UserError, match="http://"):
        LanguageModel(url="file:///etc/passwd")


def test_the_model_is_told_every_value():
    told = instructions()
    assert all(word in told for word in ("cherry_alley", "pass_behind", "jellyfish", "umbrella"))


def test_an_answer_is_read_whole():
    draft = draft_from_json(json.dumps(GOOD))
    assert draft.scenes == [{"setting": "beach"}]
    assert draft.subjects[1].relation == ("next_to", 0)
    with pytest.raises(LanguageModelError):
        draft_from_json('{"subjects": [1]}')
