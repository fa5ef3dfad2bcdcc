//! Where places of an earlier text are in a later one, after any number of edits.

use std::ops::Range;

/// Is the replacement of a stretch of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Where it begins, in both texts.
    pub(crate) start: u32,
    /// Where it ended before.
    pub(crate) old_end: u32,
    /// Where it ends now.
    pub(crate) new_end: u32,
}

/// Holds what changed between two texts, as regions that neither touch nor overlap.
///
/// Typing in one place makes one region, however long it goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct EditMap {
    regions: Vec<Region>,
}

/// Is a stretch of the earlier text that became another stretch in the later one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Region {
    old: Range<u32>,
    new: Range<u32>,
}

impl EditMap {
    /// Adds an edit of the later text.
    pub(crate) fn push(&mut self, edit: Edit) {
        let first = self
            .regions
            .partition_point(|region| region.new.end < edit.start);
        let after = self
            .regions
            .partition_point(|region| region.new.start <= edit.old_end);
        let region = self.joined(first, after.max(first), edit);
        let shift = i64::from(edit.new_end) - i64::from(edit.old_end);
        for later in &mut self.regions[after.max(first)..] {
            later.new = moved(later.new.start, shift)..moved(later.new.end, shift);
        }
        self.regions.splice(first..after.max(first), [region]);
    }

    /// Makes one region of an edit and the regions it touches.
    fn joined(&self, first: usize, after: usize, edit: Edit) -> Region {
        let gap = first.checked_sub(1).map_or(0, |index| {
            let before = &self.regions[index];
            i64::from(before.old.end) - i64::from(before.new.end)
        });
        let start = moved(edit.start, gap)..edit.start;
        let end = moved(edit.old_end, gap)..edit.old_end;
        let touched = &self.regions[first..after];
        let (start, end) = match touched {
            [] => (start, end),
            [head, .., tail] => (before(head, edit.start), behind(tail, edit.old_end)),
            [only] => (before(only, edit.start), behind(only, edit.old_end)),
        };
        let shift = i64::from(edit.new_end) - i64::from(edit.old_end);
        Region {
            old: start.start..end.start,
            new: start.end..moved(end.end, shift),
        }
    }

    /// Gives where a stretch of the earlier text is in the later one. What was inserted at its
    /// edges is outside of it.
    pub(crate) fn range(&self, old: &Range<u32>) -> Range<u32> {
        let start = self.place(old.start, Edge::Start);
        start..self.place(old.end, Edge::End).max(start)
    }

    fn place(&self, offset: u32, edge: Edge) -> u32 {
        let index = self.regions.partition_point(|region| match edge {
            Edge::Start => region.old.end <= offset,
            Edge::End => region.old.end < offset,
        });
        if let Some(region) = self.regions.get(index)
            && region.old.start <= offset
        {
            let is_inside = region.old.start < offset;
            return match edge {
                Edge::End if is_inside => region.new.end,
                Edge::Start | Edge::End => region.new.start,
            };
        }
        match index.checked_sub(1).map(|index| &self.regions[index]) {
            Some(before) => moved(
                offset,
                i64::from(before.new.end) - i64::from(before.old.end),
            ),
            None => offset,
        }
    }
}

/// Says which end of a stretch a place is.
#[derive(Debug, Clone, Copy)]
enum Edge {
    Start,
    End,
}

/// Gives the old and new place at which a region begins that also holds an edit.
fn before(region: &Region, edit_start: u32) -> Range<u32> {
    let start = region.new.start.min(edit_start);
    region.old.start - (region.new.start - start)..start
}

/// Gives the old and new place at which a region ends that also holds an edit.
fn behind(region: &Region, edit_end: u32) -> Range<u32> {
    let end = region.new.end.max(edit_end);
    region.old.end + (end - region.new.end)..end
}

fn moved(offset: u32, by: i64) -> u32 {
    u32::try_from(i64::from(offset) + by).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn edit(start: u32, old_end: u32, new_end: u32) -> Edit {
        Edit {
            start,
            old_end,
            new_end,
        }
    }

    fn check(edits: &[Edit], old: Range<u32>, new: Range<u32>) {
        let mut map = EditMap::default();
        for edit in edits {
            map.push(*edit);
        }
        assert_eq!(map.range(&old), new, "{map:?}");
    }

    #[test]
    fn what_follows_an_edit_moves() {
        check(&[], 5..9, 5..9);
        check(&[edit(0, 0, 3)], 5..9, 8..12);
        check(&[edit(0, 4, 0)], 5..9, 1..5);
        check(&[edit(9, 9, 12)], 5..9, 5..9);
        check(&[edit(5, 5, 7)], 5..9, 7..11);
        check(&[edit(6, 7, 10)], 5..9, 5..12);
        check(&[edit(4, 6, 4)], 5..9, 4..7);
        check(&[edit(8, 20, 8)], 5..9, 5..8);
    }

    #[test]
    fn typing_in_one_place_is_one_region() {
        let mut map = EditMap::default();
        (10..1_000).for_each(|offset| map.push(edit(offset, offset, offset + 1)));
        assert_eq!(map.regions.len(), 1);
        assert_eq!(map.range(&(10..12)), 1_000..1_002);
    }

    /// Letters that no edit touched are where the map says they are.
    fn check_letters(old: &[u32], edits: &[(usize, usize, usize)]) -> Result<(), TestCaseError> {
        let mut new = old.to_vec();
        let mut map = EditMap::default();
        for (start, removed, added) in edits {
            let start = start % (new.len() + 1);
            let end = (start + removed).min(new.len());
            new.splice(start..end, std::iter::repeat_n(u32::MAX, *added));
            let [start, end] = [start, end].map(|place| u32::try_from(place).unwrap_or(0));
            let added = u32::try_from(*added).unwrap_or(0);
            map.push(edit(start, end, start + added));
        }
        for (place, letter) in new
            .iter()
            .enumerate()
            .filter(|(_, letter)| **letter != u32::MAX)
        {
            let place = u32::try_from(place).unwrap_or(0);
            prop_assert_eq!(
                map.range(&(*letter..letter + 1)),
                place..place + 1,
                "{:?}",
                map
            );
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn untouched_letters_are_found_again(
            length in 0u32..60,
            edits in proptest::collection::vec((0usize..80, 0usize..12, 0usize..6), 0..30),
        ) {
            let old: Vec<u32> = (0..length).collect();
            check_letters(&old, &edits)?;
        }
    }
}
