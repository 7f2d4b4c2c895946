// Round numbers for an axis.

/** About as many round values between low and high as asked for, without the errors of adding fractions. */
export function steps([low, high], wanted) {
  const rough = (high - low) / Math.max(2, wanted)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((by) => by * power).find((one) => one >= rough)
  const decimals = Math.max(0, -Math.floor(Math.log10(step)))
  const values = []
  for (let n = Math.ceil(low / step); n * step <= high; n++) values.push(Number((n * step).toFixed(decimals)))
  return values
}
