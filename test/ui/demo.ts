// The screens on made-up data, to try by hand in a terminal:
//   npx esbuild test/ui/demo.ts --bundle --platform=node --format=esm --packages=external --splitting --outdir=DIR
//   node DIR/demo.js [--lang ko] [--journeys N] [--packets N] [--slow]
import { parseArgs } from 'node:util';
import { runUi } from '../../src/ui/run.ts';
import { canRunUi } from '../../src/ui/manners.ts';
import { FakeSession } from './fake.ts';

const { values } = parseArgs({
  options: {
    lang: { type: 'string', default: 'en' },
    journeys: { type: 'string', default: '12' },
    packets: { type: 'string', default: '64' },
    /** Behaves as if the file were still being read. */
    slow: { type: 'boolean', default: false },
    /** Throws while reading. */
    fail: { type: 'boolean', default: false },
    trouble: { type: 'boolean', default: false },
  },
});
if (!canRunUi(process.stdout, process.stdin, process.env)) {
  console.error('The screens need a terminal.');
  process.exit(2);
}
const problems = values.trouble
  ? [
      {
        code: 'truncated-file',
        message: 'The file ends inside packet 48: 60 bytes were announced, 12 are there',
        packet: 48,
        offset: 38991,
      },
      { code: 'bad-block', message: 'Block at 1840: length 70 is not a multiple of 4', offset: 1840 },
    ]
  : [];
const session = new FakeSession({
  journeys: values.slow ? 0 : Number(values.journeys),
  packets: values.slow ? 0 : Number(values.packets),
  done: !values.slow,
  problems,
});
let slices = 0;
const step = (): boolean => {
  if (values.fail && ++slices > 200) throw new Error('made up: \u001b[31mreading failed');
  if (!values.slow && !values.fail) return false;
  const until = performance.now() + 7;
  while (performance.now() < until);
  session.packets = Math.min(Number(values.packets), session.packets + 500);
  session.journeys = Math.min(Number(values.journeys), Math.floor(session.packets / 50));
  session.version++;
  session.done = !values.fail && session.packets >= Number(values.packets);
  return !session.done;
};
process.exitCode = await runUi(session, {
  language: values.lang === 'ko' ? 'ko' : 'en',
  noColor: Boolean(process.env.NO_COLOR),
  step,
});
