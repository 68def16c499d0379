#!/usr/bin/env node
// npm test [-- ARGS]: makes what is missing, runs vitest with the arguments, and closes with the line "N passed, N failed".
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensure, root } from './ensure.mjs';

ensure();
const scratch = mkdtempSync(join(tmpdir(), 'wirebook-test-'));
const countsFile = join(scratch, 'counts.json');
const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts', 'count-reporter.mjs')}`];
const { status, signal } = spawnSync(
  process.execPath,
  [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...reporters, ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit', env: { ...process.env, WIREBOOK_TEST_COUNTS: countsFile } },
);
const counts = existsSync(countsFile) ? JSON.parse(readFileSync(countsFile, 'utf8')) : undefined;
rmSync(scratch, { recursive: true, force: true });
if (counts === undefined) console.error(`vitest ended without a result (${signal ?? `exit code ${status}`}).`);
const { passed, failed, skipped } = counts ?? { passed: 0, failed: 1, skipped: 0 };
process.exitCode = status || (signal || failed > 0 ? 1 : 0);
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
