import { describe, expect, it } from 'vitest';
import { CsvFault, inBatches, readCsv } from './csv.ts';

/** The bytes in pieces of `size`, as a file arrives. */
function* inPieces(text: string | Uint8Array, size = 7): Generator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function toArray<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function cellsOf(text: string | Uint8Array, size?: number): Promise<(readonly string[])[]> {
  const rows = await toArray(readCsv(inPieces(text, size)));
  return rows.map(({ cells }) => cells);
}

describe('a CSV file', () => {
  it.each([
    ['lines that end with LF', 'a,b\n1,2\n'],
    ['lines that end with CRLF', 'a,b\r\n1,2\r\n'],
    ['lines that end with CR', 'a,b\r1,2\r'],
    ['no end of the last line', 'a,b\n1,2'],
    ['a byte order mark', '\uFEFFa,b\n1,2\n'],
    ['empty lines', '\na,b\n\n\n1,2\n\n'],
    ['everything in quotation marks', '"a","b"\n"1","2"\n'],
  ])('is read with %s', async (_what, text) => {
    expect(await cellsOf(text)).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  it('keeps delimiters, line ends and doubled quotation marks inside quotation marks', async () => {
    expect(await cellsOf('"a,b","c\r\nd","e ""f"""\n')).toEqual([['a,b', 'c\r\nd', 'e "f"']]);
  });

  it('keeps a stray quotation mark inside a field', async () => {
    expect(await cellsOf('Bob "Bobby" Smith,1\n')).toEqual([['Bob "Bobby" Smith', '1']]);
  });

  it.each([1, 2, 3, 1000])('is read alike when it arrives in pieces of %i bytes', async (size) => {
    expect(await cellsOf('Zoë,"Łódź, 😀"\n1,2\n', size)).toEqual([
      ['Zoë', 'Łódź, 😀'],
      ['1', '2'],
    ]);
  });

  it.each([
    ['\n', ''],
    ['\r\n', ''],
    ['\n', '\uFEFF'],
  ])('can be read on from the end of any row (line end %j, prefix %j)', async (lineEnd, prefix) => {
    const text = `${prefix}${['h,é', '1,"a\nb"', '', '2,ü', '3,c'].join(lineEnd)}`;
    const whole = await toArray(readCsv(inPieces(text)));
    expect(whole).toHaveLength(4);
    for (const [at, { endByte }] of whole.entries()) {
      const rest = Buffer.from(text).subarray(endByte);
      expect(await toArray(readCsv(inPieces(rest), endByte))).toEqual(whole.slice(at + 1));
    }
  });

  it('is a fault when a quotation mark is left open', async () => {
    await expect(cellsOf('a,b\n"SECRET,2\n')).rejects.toThrow(new CsvFault('A quotation mark is left open.'));
  });

  it('is a fault when a row is longer than 1 MiB', async () => {
    await expect(cellsOf(`a,b\n"${'x'.repeat(1_100_000)}",2\n`, 65_536)).rejects.toThrow('longer than 1 MiB');
  });

  it('is a fault when it is UTF-16', async () => {
    await expect(cellsOf(Buffer.from('\uFEFFa,b\n', 'utf16le'))).rejects.toThrow('not UTF-8');
  });

  it('passes on what breaks its source', async () => {
    async function* broken() {
      yield Buffer.from('a,b\n');
      throw new Error('the disk is gone');
    }
    await expect(toArray(readCsv(broken()))).rejects.toThrow('the disk is gone');
  });
});

describe('batches', () => {
  it.each([
    [0, []],
    [2, [2]],
    [3, [3]],
    [7, [3, 3, 1]],
  ])('of three hold %i rows in groups of %j', async (count, sizes) => {
    async function* rows() {
      for (let at = 0; at < count; at += 1) yield at;
    }
    const batches = await toArray(inBatches(rows(), 3));
    expect(batches.map((batch) => batch.length)).toEqual(sizes);
    expect(batches.flat()).toEqual(Array.from({ length: count }, (_, at) => at));
  });
});
