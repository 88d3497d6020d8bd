//! The order of a Java `HashMap`, in which openapi-diff lists the variants of a union.

/// The positions of the keys in the order in which a Java `HashMap<String, …>` that got them in this order iterates.
pub(super) fn order(keys: &[&str]) -> Vec<usize> {
    let mut buckets = 16_usize;
    while keys.len() * 4 > buckets * 3 {
        buckets *= 2;
    }
    let mut positions: Vec<usize> = (0..keys.len()).collect();
    // Within a bucket, keys stay in the order in which they came: the sort is stable.
    positions.sort_by_key(|position| bucket(keys[*position], buckets));
    positions
}

fn bucket(key: &str, buckets: usize) -> usize {
    let hash = key.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
    (hash ^ (hash >> 16)) as usize & (buckets - 1)
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn iterates_as_java_does() {
        // "a", "b" and "aB" have the hashes 97, 98 and 3073: buckets 1, 2 and 1 of 16.
        assert_eq!(order(&["b", "a", "aB"]), [1, 2, 0]);
        // From the thirteenth on there are 32 buckets: "0" to "9" (48 to 57) have 16 to 25, "10" and "11" (1567, 1568)
        // have 31 and 0, "12" has 1.
        let keys: Vec<String> = (0..13).map(|number| number.to_string()).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        assert_eq!(order(&keys), [11, 12, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
}
