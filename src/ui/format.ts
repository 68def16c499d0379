/** Numbers as people read them. Nothing here is counted or measured: that is the session's. */

/** Nanoseconds with three telling digits: "0.412 ms", "84.2 ms", "1.23 s". At most 8 cells. */
export function duration(nanoseconds: number): string {
  const sign = nanoseconds < 0 ? '-' : '';
  const ms = Math.abs(nanoseconds) / 1e6;
  if (ms === 0) return '0 ms';
  if (ms < 0.9995) return `${sign}${ms.toFixed(3)} ms`;
  if (ms < 999.5) return `${sign}${three(ms)} ms`;
  if (ms < 9_999_500) return `${sign}${three(ms / 1000)} s`;
  return `${sign}${three(ms / 3_600_000)} h`;
}

function three(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}

/** Nanoseconds as milliseconds with a fixed point, so that columns can be compared: "84.213". At most `cells`. */
export function milliseconds(nanoseconds: number, cells = 10): string {
  return fixed(nanoseconds / 1e6, 3, cells);
}

/** Nanoseconds as seconds, as Wireshark's time column: "0.123456". At most `cells`. */
export function seconds(nanoseconds: number, cells = 9): string {
  return fixed(nanoseconds / 1e9, cells > 9 ? 9 : 6, cells);
}

function fixed(value: number, digits: number, cells: number): string {
  for (let d = digits; d > 0; d--) {
    const text = value.toFixed(d);
    if (text.length <= cells) return text;
  }
  return value.toFixed(0);
}

/** "812 B", "12.3 kB", "1.23 MB". At most 7 cells. */
export function bytes(value: number): string {
  if (value < 999.5) return `${Math.round(value)} B`;
  let scaled = value;
  for (const unit of ['kB', 'MB', 'GB', 'TB']) {
    scaled /= 1000;
    if (scaled < 999.5) return `${three(scaled)} ${unit}`;
  }
  return `${three(scaled / 1000)} PB`;
}

/** "1,234,567". */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Packet numbers, runs joined: "1–3, 7". Where they do not all fit into `cells`, how many more there are: "1–3 +4". */
export function ranges(numbers: readonly number[], total: number, cells: number, dash: string): string {
  let out = '';
  let shown = 0;
  let i = 0;
  while (i < numbers.length) {
    let j = i;
    while (j + 1 < numbers.length && numbers[j + 1] === numbers[j] + 1) j++;
    const piece = j === i ? `${numbers[i]}` : `${numbers[i]}${j === i + 1 ? ',' : dash}${numbers[j]}`;
    const next = out === '' ? piece : `${out},${piece}`;
    const left = total - shown - (j - i + 1);
    if (next.length + (left > 0 ? ` +${left}`.length : 0) > cells && out !== '') break;
    out = next;
    shown += j - i + 1;
    i = j + 1;
  }
  return shown < total ? `${out} +${count(total - shown)}` : out;
}
