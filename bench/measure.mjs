// Measures one process from start to end: CPU seconds, wall seconds, peak resident memory. Its output goes nowhere.
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Path of a program, or undefined. */
export function find(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {}
  }
  return undefined;
}

/** GNU time knows the peak exactly (wait4); without it /proc is looked at every few milliseconds, which can miss a last leap. */
const gnuTime = find('time');
export const peakBy = gnuTime ? 'GNU time' : 'VmHWM in /proc, every 5 ms';

function numbersIn(path, pattern) {
  try {
    return readFileSync(path, 'utf8').match(pattern)?.slice(1).map(Number) ?? [];
  } catch {
    return [];
  }
}

/** Highest VmHWM among the children of `shell`, in KiB, kept up to date until `stop`. */
function watchPeak(shell) {
  const watch = { peak: 0, stop: () => clearInterval(timer) };
  const timer = setInterval(() => {
    const [child] = numbersIn(`/proc/${shell}/task/${shell}/children`, /^(\d+)/);
    const [high] = numbersIn(`/proc/${child}/status`, /^VmHWM:\s+(\d+)/m);
    watch.peak = Math.max(watch.peak, high ?? 0);
  }, 5);
  return watch;
}

/** bash's `time` gives user and system seconds of the child, to the millisecond, wherever there is a bash. */
const SCRIPT = 'TIMEFORMAT="%3U %3S %3R"; { time "$@" >/dev/null 2>"$WIREBOOK_STDERR" </dev/null; } 2>"$WIREBOOK_TIMES"';

/** { cpu, wall: seconds, peak: MiB, code, stderr } */
export async function measure(command) {
  const scratch = mkdtempSync(join(tmpdir(), 'wirebook-bench-'));
  const [times, peakFile, stderr] = ['times', 'peak', 'stderr'].map((name) => join(scratch, name));
  const wrapped = gnuTime ? [gnuTime, '-q', '-f', '%M', '-o', peakFile, ...command] : command;
  try {
    const env = { ...process.env, LC_ALL: 'C', WIREBOOK_STDERR: stderr, WIREBOOK_TIMES: times };
    const child = spawn('bash', ['-c', SCRIPT, 'bash', ...wrapped], { stdio: 'ignore', env });
    const watch = gnuTime ? undefined : watchPeak(child.pid);
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
    watch?.stop();
    const [user, system, wall] = numbersIn(times, /([\d.]+) ([\d.]+) ([\d.]+)\s*$/);
    const kib = watch ? watch.peak : numbersIn(peakFile, /(\d+)\s*$/)[0];
    return { cpu: user + system, wall, peak: kib / 1024, code, stderr: readFileSync(stderr, 'utf8').trim() };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
