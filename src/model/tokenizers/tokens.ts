/** Tokens that stand for a class of things, or say how the word beside them was written. */
export const LINK = '<url>';
export const MENTION = '<user>';
export const HASHTAG = '<hashtag>';
export const NUMBER = '<number>';
const ELONGATED = '<elong>';
export const REPEATED = '<repeat>';
const CAPITALS = '<allcaps>';

/**
 * Which spelling of an elongated word is meant: with each drawn-out letter doubled ("good"), or single ("so").
 * Nothing leaves the word out.
 */
export type ChooseSpelling = (doubled: string, single: string) => string | undefined;

const LAUGHS = /^(?:a*(h[aeio])(?:\1)+h?|(lo)(?:lo)*l+)$/;

const LONGEST_LAUGH = 64;
const RUN = /(\p{L})\1{2,}/gu;

/** Collects the tokens of one text. */
export class Tokens {
  readonly tokens: string[] = [];
  readonly #choose: ChooseSpelling;
  #shouting = false;

  constructor(choose: ChooseSpelling) {
    this.#choose = choose;
  }

  /** A token that is no plain word. It ends a run of words in capitals, unless it belongs to the word before it. */
  sign(token: string, belongs = false): void {
    if (!belongs) this.#shouting = false;
    this.tokens.push(token);
  }

  /** A sign that counts once, however often it follows itself. */
  repeatable(token: string): void {
    const last = this.tokens.at(-1);
    if (last === token) this.tokens.push(REPEATED);
    else if (last !== REPEATED || this.tokens.at(-2) !== token) this.sign(token);
  }

  word(word: string, shouted: boolean, drawnOut: boolean): void {
    if (shouted && !this.#shouting) this.tokens.push(CAPITALS);
    this.#shouting = shouted;
    const laugh = word.length > 4 && word.length <= LONGEST_LAUGH ? LAUGHS.exec(word) : null;
    if (laugh) this.tokens.push(laugh[1] === undefined ? 'lol' : laugh[1].repeat(2));
    else if (drawnOut) {
      const spelling = this.#choose(word.replace(RUN, '$1$1'), word.replace(RUN, '$1'));
      if (spelling !== undefined) this.tokens.push(spelling);
      this.tokens.push(ELONGATED);
    } else this.tokens.push(word);
  }
}
