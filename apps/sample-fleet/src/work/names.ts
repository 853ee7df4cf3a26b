export const customers = [
  'A. Okafor',
  'B. Lindqvist',
  'C. Moreau',
  'D. Tanaka',
  'E. Rossi',
  'F. Novak',
  'G. Haddad',
] as const

export const products = [
  'kettle',
  'desk lamp',
  'rain jacket',
  'bicycle pump',
  'coffee grinder',
  'tent',
  'notebook',
  'headphones',
] as const

export const questions = [
  'Where is my parcel?',
  'The lid came broken, what now?',
  'Can I still change the address?',
  'I was charged twice.',
  'Which size fits 1.80 m?',
  'How do I send it back?',
] as const
