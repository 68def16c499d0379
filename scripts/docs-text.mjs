// The parts of README, man page and docs that are made of the program's own tables.

/** @typedef {{ keys: string[], help: { en: string, ko: string }, message: object }} Key */

const cell = (text) => text.replaceAll('|', '\\|');
const code = (names) => names.map((name) => `\`${name === '`' ? '` ' : name}\``).join(' ');

/** README: one row a group. */
export function readmeKeys(groups) {
  const rows = groups.map(
    ({ title, keys }) => `| ${title.en} | ${keys.map((key) => `${code(key.keys)} ${cell(key.help.en)}`).join('; ')} |`,
  );
  return ['| | |', '|---|---|', ...rows].join('\n');
}

/** docs/screens.md: every key in both languages, with the action's name for the configuration file. */
export function keyTable(groups, actionName) {
  return groups
    .map(({ title, keys }) =>
      [
        `### ${title.en} · ${title.ko}`,
        '',
        '| Keys | Action | English | 한국어 |',
        '|---|---|---|---|',
        ...keys.map(
          (key) => `| ${code(key.keys)} | \`${actionName(key.message)}\` | ${cell(key.help.en)} | ${cell(key.help.ko)} |`,
        ),
      ].join('\n'),
    )
    .join('\n\n');
}

/** docs/filter.md: every field. */
export function fieldTable(fields) {
  return [
    '| Field | Holds | English | 한국어 |',
    '|---|---|---|---|',
    ...fields.map(({ name, kind, help, names }) => {
      const holds = names === undefined ? kind : names.join(', ');
      return `| \`${name}\` | ${holds} | ${cell(help.en)} | ${cell(help.ko)} |`;
    }),
  ].join('\n');
}

const roff = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');

/** The man page's KEYS. */
export function manKeys(groups) {
  return groups
    .map(({ title, keys }) =>
      [`.SS ${roff(title.en)}`, ...keys.flatMap((key) => ['.TP', `.B ${roff(key.keys.join('  '))}`, roff(key.help.en)])].join(
        '\n',
      ),
    )
    .join('\n');
}

/** The text with what stands between the marks of a part replaced. */
export function withPart(text, name, part, mark) {
  const [begin, end] = [mark(`begin ${name}`), mark(`end ${name}`)];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no place for "${name}"`);
  return `${text.slice(0, from + begin.length)}\n${part}\n${text.slice(to)}`;
}

const html = (words) => `<!-- ${words} -->`;
const comment = (words) => `.\\" ${words}`;

/** Every generated text by its file; `read` gives what the file holds now. */
export function generated({ groups, typing, actionName, journeyFields, packetFields }, read) {
  const all = [...groups, typing];
  return {
    'README.md': withPart(read('README.md'), 'keys', readmeKeys(all), html),
    'man/wirebook.1': withPart(read('man/wirebook.1'), 'keys', manKeys(all), comment),
    'docs/screens.md': withPart(read('docs/screens.md'), 'keys', keyTable(all, actionName), html),
    'docs/filter.md': withPart(
      withPart(read('docs/filter.md'), 'journey fields', fieldTable(journeyFields), html),
      'packet fields',
      fieldTable(packetFields),
      html,
    ),
  };
}
