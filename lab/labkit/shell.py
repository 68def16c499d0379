"""Running commands, keeping track of what was started, ending exactly that."""
import ctypes
import os
import queue
import signal
import subprocess
import threading
import time

PREFIX = "wb-"  # every namespace of the lab begins so


class LabError(Exception):
    pass


def run(*command, check=True, stdin=None, environment=None, timeout=60):
    """Runs a command to its end; its standard output as text."""
    result = subprocess.run(
        [str(word) for word in command], input=stdin, capture_output=True, text=True,
        timeout=timeout, env={**os.environ, **(environment or {})})
    if check and result.returncode != 0:
        raise LabError(f"{' '.join(map(str, command))}: exit {result.returncode}\n{result.stderr}")
    return result.stdout


def inside(namespace, *command):
    """The command line that runs a command inside one of the lab's namespaces."""
    return ["ip", "netns", "exec", PREFIX + namespace, *[str(word) for word in command]]


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


class Processes:
    """The long-running programs the lab started. Ends them, and nothing else."""

    def __init__(self):
        self.running = []

    def start(self, command, environment=None, **options):
        process = subprocess.Popen(
            [str(word) for word in command], start_new_session=True, preexec_fn=die_with_parent,
            env={**os.environ, **(environment or {})}, **options)
        self.running.append(process)
        return process

    def stop(self, process, how=signal.SIGTERM, patience=5):
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process in self.running:
            self.running.remove(process)

    def stop_all(self):
        for process in self.running:
            if process.poll() is None:
                process.terminate()
        for process in list(self.running):
            self.stop(process, patience=3)


class Lines:
    """Collects a stream's lines in the background."""

    def __init__(self, stream):
        self.lines, self.fresh = [], queue.Queue()
        self.thread = threading.Thread(target=self.read, args=(stream,), daemon=True)
        self.thread.start()

    def read(self, stream):
        for line in stream:
            self.lines.append(line.rstrip("\n"))
            self.fresh.put(self.lines[-1])

    def wait_for(self, text, seconds=15):
        """The next line that holds the text."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self.fresh.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                raise LabError(f"waited {seconds} s for {text!r}, saw {self.lines[-5:]}") from None
            if text in line:
                return line

    def finish(self):
        self.thread.join(5)
        return self.lines


def wait_until(condition, what, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise LabError(f"waited {seconds} s for {what}")
        time.sleep(0.02)
