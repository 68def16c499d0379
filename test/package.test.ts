import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What an installed package is made of; .ci/package installs it in earnest. */
describe('the package', () => {
  test('has a command that needs no build to exist, and is told to take it along', () => {
    const command = manifest.bin.wirebook;
    expect(statSync(join(root, command)).mode & 0o111).toBe(0o111);
    expect(manifest.files).toContain(command.split('/')[0]);
    expect(manifest.files).toContain('dist');
  });

  test('runs no script of its own when it is installed, and builds when it is packed', () => {
    const scripts = Object.keys(manifest.scripts);
    expect(scripts.filter((name) => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([]);
    expect(manifest.scripts.prepack).toBe('node scripts/build.mjs');
    // npm would skip prepack, too.
    expect(readFileSync(join(root, '.npmrc'), 'utf8')).not.toMatch(/^ignore-scripts/m);
  });

  test('names its manual page in the form that npm links', () => {
    expect(manifest.man).toEqual(['man/wirebook.1']);
  });
});

describe('a copy without its parts', () => {
  // Not below /tmp, where others' node_modules may lie.
  let copy: string;
  beforeAll(() => {
    copy = mkdtempSync('/var/tmp/wirebook-copy-');
    for (const part of ['bin', 'scripts/build.mjs', 'package.json'])
      cpSync(join(root, part), join(copy, part), { recursive: true });
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  test('says what makes it whole instead of a missing module', () => {
    const env = { ...process.env, LC_ALL: 'C' };
    const { status, stderr, stdout } = spawnSync(process.execPath, ['bin/wirebook.mjs'], { cwd: copy, encoding: 'utf8', env });
    expect([status, stdout]).toEqual([70, '']);
    expect(stderr).toMatch(/^wirebook: .*npm ci && npm pack\n$/);
    const korean = spawnSync(process.execPath, ['bin/wirebook.mjs'], {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'ko_KR.UTF-8' },
    });
    expect(korean.stderr).toMatch(/^wirebook: [^\n]*[가-힣][^\n]*npm ci && npm pack[^\n]*\n$/);
  });

  test('cannot be packed without what builds it', () => {
    mkdirSync(join(copy, 'src'));
    writeFileSync(join(copy, 'src', 'main.ts'), '');
    const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: copy, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain('npm ci');
  });
});
