import { describe, expect, it } from 'vitest';
import { LANGUAGES, languageList, openLanguageFilter } from '../../src/ingest/language.ts';

/** What people write about a late flight. */
const OTHERS = {
  es: 'La aerolínea perdió mi maleta otra vez y nadie contesta el teléfono',
  de: 'Der Flug war schon wieder verspätet und niemand hat uns Bescheid gesagt',
  fr: 'merci pour rien, le service client est vraiment nul',
  pt: 'não gostei do atendimento, muito ruim mesmo',
  it: 'Il volo è di nuovo in ritardo e nessuno ci ha avvisato',
  nl: 'De vlucht heeft alweer vertraging en niemand zegt iets',
  tr: 'Uçak yine rötar yaptı ve kimse bize bir şey söylemedi',
  pl: 'Lot znowu jest opóźniony i nikt nam nic nie powiedział',
  ja: 'また飛行機が遅れているのに誰も何も教えてくれない',
  ar: 'الرحلة تأخرت مرة أخرى ولم يخبرنا أحد بأي شيء',
  hi: 'उड़ान फिर से देर से चल रही है और किसी ने हमें कुछ नहीं बताया',
  ru: 'Рейс опять задержали, и нам никто ничего не сказал',
  ko: '비행기가 또 늦었는데 아무도 알려주지 않았어요',
} as const;

describe('posts in another language', async () => {
  const english = await openLanguageFilter('en');

  it.each(Object.entries(OTHERS))('%s', (code, text) => {
    expect(english(text)).toBe(code);
    expect(english(`RT @acmeair: ${text} 😡 #flight https://t.co/abc`)).toBe(code);
  });

  it('counts what is in the language, slang and names too', () => {
    for (const text of [
      'The flight was late again and nobody told us so',
      'omg @AcmeAir ur crew is sooo gr8 lol luv it',
      'Thanks for nothing, déjà vu in the café at São Paulo',
    ])
      expect(english(text)).toBeNull();
  });

  it('counts what can not be told', () => {
    for (const text of [
      '',
      '😡😡😡',
      'https://example.com/mi-maleta',
      '@vueling #retraso',
      'ok',
      'Toyota',
      '12:30',
      '\ud83d',
    ])
      expect(english(text)).toBeNull();
  });

  it('counts what could be in a language that is much like another', async () => {
    const [bulgarian, slovene, czech] = await Promise.all(['bg', 'sl', 'cs'].map(openLanguageFilter));
    // Russian, Croatian and Slovak.
    expect(bulgarian?.('Рейс снова опоздал')).toBeNull();
    expect(slovene?.('Let je opet kasnio')).toBeNull();
    expect(czech?.('Let je opäť meškal')).toBe('sk');
  });

  it('takes any language as the one that counts, and none when none is set', async () => {
    const spanish = await openLanguageFilter('es');
    expect(spanish(OTHERS.es)).toBeNull();
    expect(spanish('The flight was late again and nobody told us so')).toBe('en');
    const off = await openLanguageFilter(undefined);
    for (const text of Object.values(OTHERS)) expect(off(text)).toBeNull();
  });

  it('offers the languages that the detector knows', async () => {
    const { eld } = await import('eld/small');
    expect(Object.values(eld.info().Languages).sort()).toEqual([...LANGUAGES].sort());
  });
});

it('lists languages by name, the most first', () => {
  expect(languageList({ de: 2, fr: 2, es: 1_200 })).toBe('Spanish 1,200, German 2, French 2');
  expect(languageList({ fr: 2, de: 2 })).toBe('German 2, French 2');
  expect(languageList({})).toBe('');
});
