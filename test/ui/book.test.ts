import { describe, expect, test } from 'vitest';
import { Drive } from './drive.ts';
import { FakeSession } from './fake.ts';

describe('the book on screen', () => {
  test('shows each verdict with a mark, the rule and the statement, the sentence below', () => {
    const drive = new Drive(new FakeSession()).press('7');
    expect(drive.text()).toMatch(/> .*✓ confirmed +R-TCP-1 +A connection begins with SYN/);
    expect(drive.text()).toMatch(/✗ contradicted +R-TCP-2/);
    expect(drive.text()).toMatch(/SYN in packet 5, SYN\+ACK in packet 6, ACK in packet 7 \[5, 6, 7\]/);
    expect(drive.text()).toMatch(/✓ 1 {2}✗ 1 {2}- 1 {2}\? 1/);
  });

  test('Enter leads from a verdict to its packets, Esc back', () => {
    const drive = new Drive(new FakeSession()).press('7').press('Enter');
    expect(drive.model.screen).toBe('packets');
    expect(drive.model.numbers).toEqual([5, 6, 7]);
    expect(drive.text()).toContain('R-TCP-1: SYN in packet 5');
    expect(drive.press('Esc').model.screen).toBe('book');
  });

  test('a verdict without packets says so', () => {
    const drive = new Drive(new FakeSession()).press('7 j j Enter');
    expect(drive.model.screen).toBe('book');
    expect(drive.text()).toContain('no packets belong to this verdict');
  });
});

describe('jumping, following, comparing', () => {
  test('a journey is one key from its SYN, its request and its stream', () => {
    expect(new Drive(new FakeSession()).press('r').model.screen).toBe('packet');
    const drive = new Drive(new FakeSession()).press('f');
    expect(drive.model.screen).toBe('stream');
    expect(drive.text()).toContain('GET / HTTP/1.1');
    expect(drive.text()).toContain('7 bytes before it were not captured');
    expect(drive.press('Enter').model.packet).toBe(8);
  });

  test('two marked journeys stand side by side; less than two say how', () => {
    expect(new Drive(new FakeSession()).press('d').text()).toContain('mark two journeys with m');
    const drive = new Drive(new FakeSession()).press('m j m d');
    expect(drive.model.compared).toEqual([100, 101]);
    expect(drive.text()).toMatch(/Wait for answer/);
    expect(drive.text()).toMatch(/B - A/);
  });
});

test('Tab shows the verdicts on the capture as a whole, with what would decide them', () => {
  const drive = new Drive(new FakeSession()).press('7').press('Tab');
  expect(drive.text()).toMatch(/not visible here +R-NAT-1/);
  expect(drive.text()).toContain('tcpdump -i <outside> -w outside.pcap');
  expect(drive.press('Tab').text()).toContain('R-TCP-1');
});

test('the lens shows a packet at every vantage, and what has changed', () => {
  const text = new Drive(new FakeSession(), { width: 160, height: 40 }).press('3 Tab g j e').text();
  expect(text).toMatch(/inside\.pcap +#2 +\+0\.000 ms +TTL 64 +192\.168\.0\.10:38958/);
  expect(text).toMatch(/#9 +\+0\.041 ms +TTL 63! +203\.0\.113\.2:25770 . 192\.0\.2\.80:80 !/);
});
