/** The class of a text: what a person labels it with, and what a model predicts. */
export type Sentiment = 'negative' | 'neutral' | 'positive';
