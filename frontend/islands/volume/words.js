// What is said of a level: in the map's own numbers, in deviations, and what the surface holds.
const DALTON_A_CUBIC_ANGSTROM = 0.81 // protein of 1.35 g/cm3 (Harpaz, Gerstein and Chothia 1994)

/** A function from a level (a byte) to its words; `counts` is how many points have each byte. */
export function words(data, counts, say) {
  const language = document.documentElement.lang || "en"
  const plain = (value, digits) => new Intl.NumberFormat(language, { maximumSignificantDigits: digits }).format(value)
  return (level) => {
    const value = data.low + ((data.high - data.low) * level) / 255
    const points = counts.slice(level).reduce((sum, one) => sum + one, 0)
    const volume = points * data.cell ** 3
    const parts = [`${say.sayLevel} ${plain(value, 3)} (${plain((value - data.low) / (data.deviation || 1), 2)} σ)`]
    parts.push(`${plain(volume / 1000, 3)} nm³ ${say.sayHolds}`)
    parts.push(`≈ ${plain((volume * DALTON_A_CUBIC_ANGSTROM) / 1000, 2)} kDa ${say.sayProtein}`)
    return parts.join(" · ")
  }
}
