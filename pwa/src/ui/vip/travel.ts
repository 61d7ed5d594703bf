/** The entries of an itinerary, in the order in which they are asked for and shown. */
export const ways = ['flight', 'train', 'hotel', 'car', 'meals'] as const
