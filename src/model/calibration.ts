import { z } from 'zod';

const biases = z.array(z.number()).min(2).max(3);
const scales = z.array(z.number().gt(0)).min(2).max(3);

/**
 * How a network's probabilities become honest ones: softmax(scale · log p + bias), class by class in the order of the labels.
 * Vector scaling (Guo, Pleiss, Sun, Weinberger 2017); of two classes Platt's a·logit + b; with one scale and no bias, a temperature.
 */
const calibrationSchema = z.strictObject({
  method: z.enum(['vector', 'temperature']),
  scale: scales,
  bias: biases,
});

/**
 * What corrects a rate: how a model's calibrated probabilities come out for texts of each true class, on texts it never saw.
 * Classes are in the order of the labels throughout.
 */
const ratesSchema = z.strictObject({
  /** Texts of each true class. */
  counts: z.array(z.int().min(2)).min(2).max(3),
  /** For each true class the mean probability of negative and positive. */
  means: z
    .array(z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]))
    .min(2)
    .max(3),
  /** For each true class the variance of p_negative, the covariance of p_negative and p_positive, the variance of p_positive. */
  variances: z
    .array(z.tuple([z.number().min(0), z.number(), z.number().min(0)]))
    .min(2)
    .max(3),
});

/** What is applied to a network's probabilities: the keys of model.json that make a model of a network, all optional. */
export const appliedKeys = {
  calibration: calibrationSchema.optional(),
  /** Three classes: the class of a post is the largest of weight · probability. Absent, all weights are 1. */
  decision_weights: z.array(z.number().gt(0)).length(3).optional(),
  /** Absent: the model has no corrected rate. */
  rates: ratesSchema.optional(),
};

export type Calibration = z.output<typeof calibrationSchema>;
export type Rates = z.output<typeof ratesSchema>;
