import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { checkNode, checkTerminal } from '../../src/live/doctor.ts';
import { buildingCap, gettingCap, installing } from '../../src/live/remedies.ts';
import { isRoot, MAIN, NOBODY } from './stage.ts';

describe('remedies', () => {
  test.each([
    ['ID=debian\n', 'sudo apt-get install -y libpcap0.8'],
    ['NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', 'sudo apt-get install -y libpcap0.8'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'sudo dnf install -y libpcap'],
    ['ID=arch\n', 'sudo pacman -S --noconfirm libpcap'],
    ['ID=alpine\n', 'sudo apk add libpcap'],
    ['ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', 'sudo zypper install -y libpcap1'],
    ['ID=plan9\n', undefined],
  ])('by the system: %j', (osRelease, command) => {
    expect(installing('libpcap', 'linux', osRelease)).toBe(command);
  });

  test('cap: into a place of its own', () => {
    expect(gettingCap('/a/engines', true, true, 'x')).toBe(
      'npm install --ignore-scripts --prefix /a/engines cap@0.2 && npm run install --prefix /a/engines/node_modules/cap',
    );
  });

  test('cap: its compiler first where that is missing, sudo where the place is not ours', () => {
    expect(buildingCap('/a b/cap', true, true, 'x')).toBe("npm run install --prefix '/a b/cap'");
    expect(buildingCap('/usr/lib/cap', false, false, 'sudo apt-get install -y g++')).toBe(
      'sudo apt-get install -y g++ && sudo npm run install --prefix /usr/lib/cap',
    );
  });
});

test('Node below 20.19 is too old', () => {
  expect(['18.20.0', '20.18.3', '20.19.0', '22.0.0', '24.1.0'].map((each) => checkNode(each).ok)).toEqual([
    false,
    false,
    true,
    true,
    true,
  ]);
});

test('a terminal without UTF-8 has its command', () => {
  expect(checkTerminal({ screens: true, utf8: false, colours: 256 })).toMatchObject({ ok: false, fix: 'export LC_ALL=C.UTF-8' });
  expect(checkTerminal({ screens: true, utf8: true, colours: 256 }).fix).toBeUndefined();
});

interface Document {
  canCapture: boolean;
  engines: { id: string; ok: boolean; fix?: string }[];
}

describe.skipIf(!isRoot)('wirebook doctor (root, and nobody)', () => {
  const doctor = (...before: string[]) => {
    const [command, ...words] = [...before, process.execPath, MAIN, 'doctor'];
    const json = spawnSync(command, [...words, '--json'], { encoding: 'utf8' });
    const text = spawnSync(command, [...words, '--lang', 'ko'], { encoding: 'utf8' });
    expect(text.status).toBe(json.status);
    return { code: json.status, told: JSON.parse(json.stdout) as Document, text: text.stdout };
  };

  test('root can capture', () => {
    const { code, told, text } = doctor();
    expect([code, told.canCapture]).toEqual([0, true]);
    expect(told.engines.map((each) => each.id)).toEqual(['libpcap', 'dumpcap', 'tcpdump', 'cap']);
    expect(told.engines[0]).toMatchObject({ ok: true });
    expect(text).toContain('+ libpcap');
  });

  test('nobody cannot, and each engine says what mends that', () => {
    const { code, told, text } = doctor(
      'setpriv',
      `--reuid=${NOBODY}`,
      `--regid=${NOBODY}`,
      '--clear-groups',
      'env',
      'HOME=/tmp',
    );
    expect([code, told.canCapture]).toEqual([1, false]);
    for (const each of told.engines) expect(each.fix).toMatch(/^(sudo|npm) /);
    expect(text).toContain('캡처할 수 있는 엔진이 없습니다');
  });
});
