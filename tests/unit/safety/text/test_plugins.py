import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hanazora.safety.policy import PluginConfig, Policy, PolicyData, load_policy
from hanazora.safety.prompt_filter import check_texts
from hanazora.safety.text.plugins import ask_plugins

MODERATION = {
    "results": [
        {
            "categories": {"violence/graphic": True, "hate": False},
            "category_scores": {"violence/graphic": 0.7, "hate": 0.02},
        }
    ]
}
LLM = {"choices": [{"message": {"content": 'Sure: {"hate": 0.8, "violence": 0}'}}]}
HOOK = {"findings": [{"category": "gory", "score": 0.9}]}


class Service(BaseHTTPRequestHandler):
    """Answers with what the server holds for the path, after the wait it holds."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))
        self.server.asked.append((self.path, body, self.headers.get("Authorization")))
        status, answer, wait_s = self.server.answers[self.path]
        time.sleep(wait_s)
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Location", "/moderations")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    made = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    made.daemon_threads = True
    made.asked = []
    made.answers = {
        "/moderations": (200, MODERATION, 0),
        "/hook": (200, HOOK, 0),
        "/llm": (200, LLM, 0),
        "/broken": (500, {}, 0),
        "/words": (200, b"no json", 0),
        "/other": (200, {"verdict": "fine"}, 0),
        "/redirect": (307, {}, 0),
        "/wild": (200, {"findings": [{"category": "hate", "score": 7}]}, 0),
        "/slow": (200, HOOK, 3),
    }
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def policy_with(server):
    def make(path, kind="http", **fields):
        url = f"http://127.0.0.1:{server.server_port}{path}"
        plugin = PluginConfig(name="own", kind=kind, url=url, **fields)
        packaged = load_policy()
        values = {name: getattr(packaged.data, name) for name in ("categories", "checks", "lists")}
        data = PolicyData(version="1", plugins=(plugin,), **values)
        return Policy(data, packaged.sha256 + path, packaged.directory)

    return make


def ask(policy):
    return {found.category: found.score for found in ask_plugins("a red truck", "prompt", policy)}


def test_an_openai_compatible_service_is_asked_and_its_names_translated(
    server, policy_with, monkeypatch
):
    monkeypatch.setenv("MY_KEY", "secret")
    policy = policy_with("/moderations", "moderations", model="m", key_variable="MY_KEY")
    assert ask(policy) == {"violence": 0.9, "hate": 0.02}
    ((_, body, key),) = server.asked
    assert body == {"input": "a red truck", "model": "m"}
    assert key == "Bearer secret"


def test_a_hook_gets_text_and_stage_and_answers_findings(server, policy_with):
    assert ask(policy_with("/hook", categories={"gory": "violence"})) == {"violence": 0.9}
    assert server.asked[0][1] == {"text": "a red truck", "stage": "prompt", "policy": "1"}


def test_a_chat_model_is_asked_for_scores(server, policy_with):
    categories = {"hate": "hate", "violence": "violence"}
    assert ask(policy_with("/llm", "llm", model="m", categories=categories)) == {"hate": 0.8}
    messages = server.asked[0][1]["messages"]
    assert messages[1] == {"role": "user", "content": "a red truck"}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/broken", "http"),
        ("/words", "http"),
        ("/other", "http"),
        ("/wild", "http"),
        ("/redirect", "moderations"),
        ("/hook", "moderations"),
        ("/llm", "llm"),
    ],
)
def test_a_required_plug_in_without_a_good_answer_blocks(policy_with, path, kind):
    policy = policy_with(path, kind)
    judged = check_texts({"prompt": "a red truck"}, policy=policy)
    assert judged.result.state == "failed"
    assert judged.verdicts["prompt"].rule == "plugin/own.failed"


def test_an_optional_plug_in_without_an_answer_is_recorded(policy_with):
    judged = check_texts({"prompt": "a red truck"}, policy=policy_with("/broken", required=False))
    assert judged.result.state == "passed"
    assert [each.rule for each in judged.verdicts["prompt"].findings] == ["plugin/own.failed"]


def test_nobody_there_blocks(policy_with, server):
    policy = policy_with("/hook")
    server.shutdown()
    server.server_close()
    assert check_texts({"prompt": "a red truck"}, policy=policy).result.state == "failed"


def test_a_slow_plug_in_is_not_waited_for(policy_with):
    started = time.monotonic()
    (found,) = ask_plugins("a red truck", "prompt", policy_with("/slow", timeout_s=0.3))
    assert time.monotonic() - started < 2
    assert (found.category, found.score) == ("unreadable", 1.0)


def test_a_plug_in_of_another_stage_is_not_asked(server, policy_with):
    assert ask(policy_with("/hook", stages=("frame",))) == {}
    assert server.asked == []


def test_what_a_plug_in_says_decides(policy_with):
    policy = policy_with("/hook", categories={"gory": "violence"})
    verdict = check_texts({"prompt": "a red truck"}, policy=policy).verdicts["prompt"]
    assert (verdict.action, verdict.category, verdict.rule) == ("block", "violence", "plugin/own")
