//! Input that is like what is known, and wrong.

use fastrand::Rng;

/// What readers of numbers stumble over.
const NUMBERS: [&[u8]; 8] = [
    &[0],
    &[1],
    &[0x7f],
    &[0xff],
    &[0xff, 0xff],
    &[0x7f, 0xff, 0xff, 0xff],
    &[0xff, 0xff, 0xff, 0xff],
    &[0, 0, 0, 0, 0, 0, 0, 0],
];

/// The most changes of one input.
const MOST_CHANGES: usize = 12;

/// Makes an input from one of the seeds, or from parts of two.
pub fn mutated(seeds: &[Vec<u8>], random: &mut Rng) -> Vec<u8> {
    let mut input = seeds[random.usize(..seeds.len())].clone();
    if random.u8(..) < 32 {
        let other = &seeds[random.usize(..seeds.len())];
        input.truncate(random.usize(..=input.len()));
        input.extend_from_slice(&other[random.usize(..=other.len())..]);
    }
    for _ in 0..random.usize(1..=MOST_CHANGES) {
        change(&mut input, random);
    }
    input
}

fn change(input: &mut Vec<u8>, random: &mut Rng) {
    if input.is_empty() {
        input.push(random.u8(..));
        return;
    }
    let at = random.usize(..input.len());
    match random.u8(..8) {
        0 | 1 => input[at] ^= 1 << random.u8(..8),
        2 => input[at] = random.u8(..),
        3 | 4 => {
            let number = NUMBERS[random.usize(..NUMBERS.len())];
            for (place, byte) in input[at..].iter_mut().zip(number) {
                *place = *byte;
            }
        }
        5 => {
            let end = part_end(input, at, random);
            input.drain(at..end);
        }
        6 => {
            let part = input[at..part_end(input, at, random)].to_vec();
            let to = random.usize(..=input.len());
            input.splice(to..to, part);
        }
        _ => {
            let part = input[at..part_end(input, at, random)].to_vec();
            let to = random.usize(..input.len());
            for (place, byte) in input[to..].iter_mut().zip(part) {
                *place = byte;
            }
        }
    }
}

/// Returns where a part ends that begins at a place: most are short.
fn part_end(input: &[u8], at: usize, random: &mut Rng) -> usize {
    let longest = if random.u8(..) < 16 { 4_096 } else { 32 };
    (at + random.usize(1..=longest)).min(input.len())
}
