// What makes electricity: keys of data/energy_sources.csv with the words of the page.
export const energySources: readonly { key: string; name: string }[] = [
  { key: 'wind', name: 'wind, on land' },
  { key: 'wind-offshore', name: 'wind, at sea' },
  { key: 'hydro', name: 'hydropower' },
  { key: 'nuclear', name: 'nuclear' },
  { key: 'solar', name: 'solar' },
  { key: 'solar-rooftop', name: 'solar, on roofs' },
  { key: 'solar-utility', name: 'solar, large plants' },
  { key: 'geothermal', name: 'geothermal' },
  { key: 'biomass', name: 'biomass' },
  { key: 'ocean', name: 'tide and waves' },
  { key: 'csp', name: 'solar, concentrated' },
  { key: 'gas', name: 'natural gas' },
  { key: 'oil', name: 'oil' },
  { key: 'coal', name: 'coal' },
];
