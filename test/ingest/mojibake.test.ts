import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repairMojibake } from '../../src/ingest/mojibake.ts';
import { cleanText } from '../../src/ingest/text.ts';

const windows1252 = new TextDecoder('windows-1252');
/** A text's UTF-8 read as Windows-1252. */
const spoil = (text: string): string => windows1252.decode(Buffer.from(text));
const latin1 = (text: string): string => Buffer.from(text).toString('latin1');

describe('UTF-8 that was read as Windows-1252', () => {
  it.each([
    'It’s café “weather” – 84° & £5…',
    'Ångström wohnt in Österreich, schön',
    'I ♥ this 😀🇩🇪',
    'ŻÓŁĆ i źdźbło',
    'Привет, как дела?',
    '日本語のテスト',
    'مرحبا بالعالم',
    'voilà\u00a0!',
    'नमस्ते दुनिया',
  ])('%s comes back, spoilt once or twice', (text) => {
    expect(repairMojibake(spoil(text))).toBe(text);
    expect(repairMojibake(latin1(text))).toBe(text);
    expect(repairMojibake(spoil(spoil(text)))).toBe(text);
    expect(repairMojibake(text)).toBe(text);
  });

  it('is repaired around what was lost', () => {
    expect(repairMojibake('â€œhelloâ€ she said, itâ€™s')).toBe('“helloâ€ she said, it’s');
    expect(repairMojibake('the cafÃ© â€')).toBe('the café â€');
    expect(repairMojibake('Iï¿½m sorry')).toBe('I\ufffdm sorry');
  });

  it.each([
    ['XÃ…Ã…', 'XÅÅ'],
    ['itâ€™s \ufffd', 'it’s \ufffd'],
    ['cafÃ© Â€', 'café \u0080'],
    ['cafÃ© ã‚', 'café ã‚'],
    ['I ðŸ˜€ it', 'I 😀 it'],
    ['I â™¥ it', 'I ♥ it'],
    ['hiâ˜º', 'hi☺'],
    ['20Â°', '20°'],
    ['xÂ\u00a0y', 'x\u00a0y'],
    ['Ã…ngstrom', 'Ångstrom'],
    ['smÃ…', 'smÅ'],
    ['CAFÃ© X', 'CAFé X'],
    ['aÅ¿', 'aſ'],
    ['xâ€€y', 'x\u2000y'],
  ])('%j comes back as %j', (text, repaired) => {
    expect(repairMojibake(text)).toBe(repaired);
  });

  // A sign that stands for no part of UTF-8, or for too much of it, is written by someone: all of the text stays.
  it.each([
    spoil('ɐɐ'),
    'itâ€™s 5€',
    'cafÃ© 20°°',
    'cafÃ© õ€',
    'cafÃ© Ã©©',
    'cafÃ© à€€',
    'cafÃ© à‚©',
    'cafÃ© ð‚‚¬',
    'cafÃ© í\u00a0€',
    'cafÃ© ô\u0090€€',
    'cafÃ© ÃÀ',
    'cafÃ© â x',
    'cafÃ© ä€ x',
    'cafÃ© ã‚ x',
    'cafÃ© Ã',
    'pâ™¥',
    'XÂ°',
    'x Ã… y',
    'x Â€ y',
    'aÆ’',
  ])('%j is not certain and stays', (text) => {
    expect(repairMojibake(text)).toBe(text);
  });

  it.each([
    'AMANHÃ…',
    'AMANHû que dia',
    'IRMÔ',
    'Ã',
    'â',
    'São Paulo, coração, não',
    'pâté, château, Noël, œuvre',
    'Ấn Độ, Ân, Ăn, Đâu',
    'der Spaß… und „Spaß“',
    'CAFÉ’S OLÉ… ALLÉ™',
    'estaba en el café…”',
    'il est là… «\u00a0voilà\u00a0»',
    'HYVÄ… hyvää…”',
    'ESPAÑ…',
    'che è…»',
    'â€™ in one tweet 🙂',
    'cafÃ© and café',
    'Ñ?Ðµ lost',
  ])('%s stays', (text) => {
    expect(repairMojibake(text)).toBe(text);
  });

  it('is repaired in the text that people see, entities and controls included', () => {
    expect(cleanText('It&acirc;&#128;&#153;s cafÃ© &amp;amp; tea')).toBe('It’s café & tea');
  });

  const letters = fc.constantFrom(
    ...'abcdefg hijk LMNOP,.!?éèàüößñçãõÉÜÑÇÃÂâøłżčşğ’“”–…€£°«» приветΩשלוםمرحبا日本語中文한국😀♥',
  );
  const texts = fc.array(letters, { maxLength: 40 }).map((all) => all.join(''));
  it('comes back or stays, and a clean text never changes', () => {
    fc.assert(
      fc.property(texts, (text) => {
        // Two signs side by side may look spoilt themselves.
        fc.pre(!/[Â-ô][\u0080-\u00bf€’“”–…]/.test(text));
        const once = spoil(text);
        const twice = spoil(once);
        expect([text, once]).toContain(repairMojibake(once));
        expect([text, once, twice]).toContain(repairMojibake(twice));
      }),
      { numRuns: 500 },
    );
  });

  // One language a text, and words of two letters at least: no language has both â and ž, and `Â»` alone is a spoilt `»`.
  const alphabets = [
    'éèêàâîôûçëï',
    'éêáàãâõôçíóú',
    'áéíóúñü',
    'äöüß',
    'áéíóúýřšžěů',
    'ąęłżźćńśó',
    'åäöøæ',
    'ğışöüçâî',
    'õäöü',
  ];
  const wordOf = (letters: string) =>
    fc
      .array(fc.constantFrom(...'abcdefghijklmnoprstuvz', ...letters, ...letters), { minLength: 2, maxLength: 9 })
      .map((all) => all.join(''));
  const sign = fc.constantFrom('', '…', '’', '”', '“', ',', '.', '!', '…”', '»', '\u00a0»', '™', '–', ' –', '’s');
  const words = fc.constantFrom(...alphabets).chain((letters) => {
    const cased = fc.tuple(wordOf(letters), fc.boolean()).map(([all, upper]) => (upper ? all.toUpperCase() : all));
    return fc.array(fc.tuple(cased, sign), { maxLength: 12 });
  });
  it('is not seen in words of Europe with signs after them', () => {
    fc.assert(
      fc.property(words, (all) => {
        const text = all.map((pair) => pair.join('')).join(' ');
        expect(repairMojibake(text)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});
